#define UTS_RELEASE "3.18.63"
