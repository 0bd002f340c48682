cmd_scripts/basic/fixdep := gcc
