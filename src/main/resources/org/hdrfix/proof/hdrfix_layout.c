// SPDX-License-Identifier: GPL-2.0
// A prototype of module_layout, for its CRC alone: genksyms takes the CRC over
// the types as they are known where the kernel exports the symbol, so the same
// headers have to be included as there. The object is never linked.
#include <linux/version.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 19, 0)
#include <linux/module.h>
#include <linux/string.h>
#include <linux/printk.h>
#include <linux/elf.h>
#include <linux/compiler.h>
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/mm.h>
#else
// vermagic.h wants to be asked for.
#define INCLUDE_VERMAGIC
#include <linux/export.h>
#if __has_include(<linux/extable.h>)
#include <linux/extable.h>
#endif
#include <linux/moduleloader.h>
#if __has_include(<linux/module_signature.h>)
#include <linux/module_signature.h>
#endif
#if __has_include(<linux/trace_events.h>)
#include <linux/trace_events.h>
#endif
#if __has_include(<linux/init.h>)
#include <linux/init.h>
#endif
#if __has_include(<linux/kallsyms.h>)
#include <linux/kallsyms.h>
#endif
#if __has_include(<linux/file.h>)
#include <linux/file.h>
#endif
#if __has_include(<linux/fs.h>)
#include <linux/fs.h>
#endif
#if __has_include(<linux/sysfs.h>)
#include <linux/sysfs.h>
#endif
#if __has_include(<linux/kernel.h>)
#include <linux/kernel.h>
#endif
#if __has_include(<linux/kernel_read_file.h>)
#include <linux/kernel_read_file.h>
#endif
#if __has_include(<linux/slab.h>)
#include <linux/slab.h>
#endif
#if __has_include(<linux/vmalloc.h>)
#include <linux/vmalloc.h>
#endif
#if __has_include(<linux/elf.h>)
#include <linux/elf.h>
#endif
#if __has_include(<linux/proc_fs.h>)
#include <linux/proc_fs.h>
#endif
#if __has_include(<linux/security.h>)
#include <linux/security.h>
#endif
#if __has_include(<linux/seq_file.h>)
#include <linux/seq_file.h>
#endif
#if __has_include(<linux/syscalls.h>)
#include <linux/syscalls.h>
#endif
#if __has_include(<linux/fcntl.h>)
#include <linux/fcntl.h>
#endif
#if __has_include(<linux/rcupdate.h>)
#include <linux/rcupdate.h>
#endif
#if __has_include(<linux/capability.h>)
#include <linux/capability.h>
#endif
#if __has_include(<linux/cpu.h>)
#include <linux/cpu.h>
#endif
#if __has_include(<linux/moduleparam.h>)
#include <linux/moduleparam.h>
#endif
#if __has_include(<linux/errno.h>)
#include <linux/errno.h>
#endif
#if __has_include(<linux/err.h>)
#include <linux/err.h>
#endif
#if __has_include(<linux/vermagic.h>)
#include <linux/vermagic.h>
#endif
#if __has_include(<linux/notifier.h>)
#include <linux/notifier.h>
#endif
#if __has_include(<linux/sched.h>)
#include <linux/sched.h>
#endif
#if __has_include(<linux/device.h>)
#include <linux/device.h>
#endif
#if __has_include(<linux/string.h>)
#include <linux/string.h>
#endif
#if __has_include(<linux/mutex.h>)
#include <linux/mutex.h>
#endif
#if __has_include(<linux/rculist.h>)
#include <linux/rculist.h>
#endif
#if __has_include(<linux/uaccess.h>)
#include <linux/uaccess.h>
#endif
#if __has_include(<asm/cacheflush.h>)
#include <asm/cacheflush.h>
#endif
#if __has_include(<linux/set_memory.h>)
#include <linux/set_memory.h>
#endif
#if __has_include(<asm/mmu_context.h>)
#include <asm/mmu_context.h>
#endif
#if __has_include(<linux/license.h>)
#include <linux/license.h>
#endif
#if __has_include(<asm/sections.h>)
#include <asm/sections.h>
#endif
#if __has_include(<linux/tracepoint.h>)
#include <linux/tracepoint.h>
#endif
#if __has_include(<linux/ftrace.h>)
#include <linux/ftrace.h>
#endif
#if __has_include(<linux/livepatch.h>)
#include <linux/livepatch.h>
#endif
#if __has_include(<linux/async.h>)
#include <linux/async.h>
#endif
#if __has_include(<linux/percpu.h>)
#include <linux/percpu.h>
#endif
#if __has_include(<linux/kmemleak.h>)
#include <linux/kmemleak.h>
#endif
#if __has_include(<linux/jump_label.h>)
#include <linux/jump_label.h>
#endif
#if __has_include(<linux/pfn.h>)
#include <linux/pfn.h>
#endif
#if __has_include(<linux/bsearch.h>)
#include <linux/bsearch.h>
#endif
#if __has_include(<linux/dynamic_debug.h>)
#include <linux/dynamic_debug.h>
#endif
#if __has_include(<linux/audit.h>)
#include <linux/audit.h>
#endif
#if __has_include(<uapi/linux/module.h>)
#include <uapi/linux/module.h>
#endif
#define CREATE_TRACE_POINTS
#include <trace/events/module.h>
#endif
#include "hdrfix_layout.h"

void module_layout(struct module *mod, struct modversion_info *ver, struct kernel_param *kp,
		   struct kernel_symbol *ks, struct tracepoint *const *tp);
void module_layout(struct module *mod, struct modversion_info *ver, struct kernel_param *kp,
		   struct kernel_symbol *ks, struct tracepoint *const *tp)
{
}
EXPORT_SYMBOL(module_layout);
