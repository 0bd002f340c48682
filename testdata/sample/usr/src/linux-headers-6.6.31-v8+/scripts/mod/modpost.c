/* Stands in for the kernel's modpost: three files that need each other. */
#include "elfconfig.h"

int file2alias_devices(void);
int sumversion_length(const char *text);

int main(int argc, char **argv)
{
	return argc > 1 ? sumversion_length(argv[1]) != file2alias_devices() : 0;
}
