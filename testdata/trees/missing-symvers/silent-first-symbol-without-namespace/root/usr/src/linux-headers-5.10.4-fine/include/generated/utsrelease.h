#define UTS_RELEASE "5.10.4-fine"
