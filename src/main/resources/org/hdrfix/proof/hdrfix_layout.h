/* SPDX-License-Identifier: GPL-2.0 */
/* From 6.5 on no public header has it. genksyms calls a type UNKNOWN that stands in a .c file. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
struct kernel_symbol {
#ifdef CONFIG_HAVE_ARCH_PREL32_RELOCATIONS
	int value_offset;
	int name_offset;
	int namespace_offset;
#else
	unsigned long value;
	const char *name;
	const char *namespace;
#endif
};
#endif
