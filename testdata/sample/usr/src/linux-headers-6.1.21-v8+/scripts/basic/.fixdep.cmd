cmd_scripts/basic/fixdep := gcc -O2 -o scripts/basic/fixdep
