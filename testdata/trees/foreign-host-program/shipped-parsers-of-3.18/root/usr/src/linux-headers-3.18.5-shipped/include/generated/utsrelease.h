#define UTS_RELEASE "3.18.5-shipped"
