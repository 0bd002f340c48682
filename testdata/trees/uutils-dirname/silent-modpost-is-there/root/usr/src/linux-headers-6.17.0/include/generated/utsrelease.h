#define UTS_RELEASE "6.17.0"
