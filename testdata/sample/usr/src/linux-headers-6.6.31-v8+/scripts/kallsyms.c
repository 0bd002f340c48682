/* Stands in for kallsyms. */
#include <stdio.h>

int main(void)
{
	fprintf(stderr, "Usage: kallsyms [--all-symbols] in.map > out.S\n");
	return 1;
}
