#define UTS_RELEASE "5.10.8-plug"
