#define UTS_RELEASE "5.10.7-plug"
