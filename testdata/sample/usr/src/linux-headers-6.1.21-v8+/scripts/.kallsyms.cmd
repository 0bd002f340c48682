cmd_scripts/kallsyms := gcc -O2 -o scripts/kallsyms
