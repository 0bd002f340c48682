cmd_scripts/mod/modpost.o := gcc -O2 -c -o scripts/mod/modpost.o scripts/mod/modpost.c
