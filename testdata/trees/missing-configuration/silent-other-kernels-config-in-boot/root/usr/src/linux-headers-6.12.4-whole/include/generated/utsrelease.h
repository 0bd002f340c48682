#define UTS_RELEASE "6.12.4-whole"
