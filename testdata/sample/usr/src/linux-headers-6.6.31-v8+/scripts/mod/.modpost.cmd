cmd_scripts/mod/modpost := gcc -O2 -o scripts/mod/modpost
