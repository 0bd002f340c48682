/* Stands in for the kernel's fixdep: says how it is used, and nothing else. */
#include <stdio.h>

int main(int argc, char **argv)
{
	(void)argv;
	if (argc != 4) {
		fprintf(stderr, "Usage: fixdep <depfile> <target> <cmdline>\n");
		return 1;
	}
	return 0;
}
