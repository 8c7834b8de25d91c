/* Test prop: the one name that Rust's libraries take from Windows' bcryptprimitives.dll, absent in Wine 8. Never shipped. */

#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PUCHAR data, SIZE_T size) { return RtlGenRandom(data, (ULONG)size); }
