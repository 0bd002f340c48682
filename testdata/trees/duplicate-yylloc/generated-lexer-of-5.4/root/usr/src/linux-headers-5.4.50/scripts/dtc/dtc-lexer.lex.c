#include "dtc-parser.tab.h"

YYLTYPE yylloc;
extern bool treesource_error;

int yylex(void);
