cmd_scripts/mod/empty.o := aarch64-linux-gnu-gcc -nostdinc -D__KERNEL__ -c -o scripts/mod/empty.o scripts/mod/empty.c
