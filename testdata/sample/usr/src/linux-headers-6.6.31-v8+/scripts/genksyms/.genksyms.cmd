cmd_scripts/genksyms/genksyms := gcc -O2 -o scripts/genksyms/genksyms
