#define UTS_RELEASE "5.4.8-none"
