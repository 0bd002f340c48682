#define UTS_RELEASE "6.1.8-other"
