/* Stands in for the table sorter: it includes two headers that packages leave out. */
#include <tools/be_byteshift.h>
#include <tools/le_byteshift.h>

int main(void)
{
	static const unsigned char bytes[4] = { 0x12, 0x34, 0x56, 0x78 };

	return get_unaligned_be32(bytes) != 0x12345678 || get_unaligned_le32(bytes) != 0x78563412;
}
