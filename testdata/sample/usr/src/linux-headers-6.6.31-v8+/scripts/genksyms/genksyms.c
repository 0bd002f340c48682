/* Stands in for genksyms. */
int parse_tokens(void);
int scan_tokens(void);

int main(void)
{
	return parse_tokens() + scan_tokens();
}
