#define UTS_RELEASE "6.1.3-mix"
