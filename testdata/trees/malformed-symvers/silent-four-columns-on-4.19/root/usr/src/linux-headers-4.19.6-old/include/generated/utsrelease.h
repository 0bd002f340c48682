#define UTS_RELEASE "4.19.6-old"
