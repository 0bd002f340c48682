// SPDX-License-Identifier: GPL-2.0
// What makes a module build run every program that one can: an exported symbol
// (genksyms), a parameter, a device table (modpost's file2alias), functions
// (objtool, recordmcount). It is built and looked at, and never loaded.
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

static int answer = 42;
module_param(answer, int, 0444);
MODULE_PARM_DESC(answer, "what hdrfix_probe_answer gives");

struct hdrfix_probe {
	int given;
	const char *to;
};

int hdrfix_probe_answer(struct hdrfix_probe *probe);
int hdrfix_probe_answer(struct hdrfix_probe *probe)
{
	probe->given = answer;
	return answer;
}
EXPORT_SYMBOL(hdrfix_probe_answer);

static const struct of_device_id hdrfix_probe_ids[] = {
	{ .compatible = "hdrfix,probe" },
	{ }
};
MODULE_DEVICE_TABLE(of, hdrfix_probe_ids);

static int __init hdrfix_probe_init(void)
{
	struct hdrfix_probe probe = { .to = "nobody" };

	pr_info("hdrfix_probe: %d\n", hdrfix_probe_answer(&probe));
	return 0;
}

static void __exit hdrfix_probe_exit(void)
{
}

module_init(hdrfix_probe_init);
module_exit(hdrfix_probe_exit);
MODULE_DESCRIPTION("Probe of a header tree");
MODULE_LICENSE("GPL");
