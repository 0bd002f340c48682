#define UTS_RELEASE "5.15.1"
