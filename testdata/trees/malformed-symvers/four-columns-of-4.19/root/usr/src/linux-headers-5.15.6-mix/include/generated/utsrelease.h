#define UTS_RELEASE "5.15.6-mix"
