cmd_scripts/mod/modpost := gcc
