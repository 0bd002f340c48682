cmd_scripts/sorttable := gcc -O2 -o scripts/sorttable
