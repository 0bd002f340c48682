#define UTS_RELEASE "6.1.6-pae"
