#include "classmap.h"
