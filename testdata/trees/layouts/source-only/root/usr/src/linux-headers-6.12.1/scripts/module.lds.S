SECTIONS {
#ifdef CONFIG_ARM64
	.own : { *(.own) }
#endif
}
