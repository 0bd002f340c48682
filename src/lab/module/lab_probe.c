// SPDX-License-Identifier: GPL-2.0
// What makes a module build run every program that one can: an exported symbol
// (genksyms), a device table (modpost's file2alias), functions (recordmcount).
// A hello-world would build in a tree whose modpost lies.
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

static int answer = 42;
module_param(answer, int, 0444);
MODULE_PARM_DESC(answer, "what lab_probe_answer gives");

struct lab_probe {
	int given;
	const char *to;
};

int lab_probe_answer(struct lab_probe *probe);
int lab_probe_answer(struct lab_probe *probe)
{
	probe->given = answer;
	return answer;
}
EXPORT_SYMBOL(lab_probe_answer);

static const struct of_device_id lab_probe_ids[] = {
	{ .compatible = "hdrfix,lab-probe" },
	{ }
};
MODULE_DEVICE_TABLE(of, lab_probe_ids);

static int __init lab_probe_init(void)
{
	struct lab_probe probe = { .to = "nobody" };

	pr_info("lab_probe: %d\n", lab_probe_answer(&probe));
	return 0;
}

static void __exit lab_probe_exit(void)
{
}

module_init(lab_probe_init);
module_exit(lab_probe_exit);
MODULE_DESCRIPTION("Probe of a repaired header tree");
MODULE_LICENSE("GPL");
