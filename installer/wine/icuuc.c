/* Test prop: the icuuc.dll that Windows 10 and later bring and Wine 8 lacks. It knows no converter. Never shipped. */

typedef int Status;
typedef unsigned short Unit;

#define EXPORT __declspec(dllexport)
#define FILE_ACCESS_ERROR 4
#define UNSUPPORTED_ERROR 16

static void say(Status *status, Status what) {
    if (status)
        *status = what;
}

EXPORT void *ucnv_open(const char *name, Status *status) {
    say(status, FILE_ACCESS_ERROR);
    return 0;
}
EXPORT void ucnv_close(void *converter) {}
EXPORT void ucnv_reset(void *converter) {}
EXPORT signed char ucnv_getMaxCharSize(void *converter) { return 1; }
EXPORT const char *ucnv_getName(void *converter, Status *status) {
    say(status, UNSUPPORTED_ERROR);
    return 0;
}
EXPORT const char *ucnv_getStandardName(const char *name, const char *standard, Status *status) { return 0; }
EXPORT void ucnv_getToUCallBack(void *converter, void **action, const void **context) {
    if (action)
        *action = 0;
    if (context)
        *context = 0;
}
EXPORT void ucnv_getFromUCallBack(void *converter, void **action, const void **context) {
    ucnv_getToUCallBack(converter, action, context);
}
EXPORT void ucnv_setToUCallBack(void *c, void *a, const void *b, void **old, const void **oldContext, Status *status) {}
EXPORT void ucnv_setFromUCallBack(void *c, void *a, const void *b, void **old, const void **oldContext, Status *status) {}
EXPORT void ucnv_fromUnicode(void *c, char **target, const char *end, const Unit **source, const Unit *sourceEnd,
                             int *offsets, signed char flush, Status *status) {
    say(status, UNSUPPORTED_ERROR);
}
EXPORT void ucnv_toUnicode(void *c, Unit **target, const Unit *end, const char **source, const char *sourceEnd,
                           int *offsets, signed char flush, Status *status) {
    say(status, UNSUPPORTED_ERROR);
}
EXPORT int ucnv_countAvailable(void) { return 0; }
EXPORT const char *ucnv_getAvailableName(int number) { return 0; }
EXPORT void ucnv_cbToUWriteUChars(void *a, const Unit *source, int length, int offset, Status *status) {}
EXPORT void ucnv_cbFromUWriteUChars(void *a, const Unit *source, int length, int offset, Status *status) {}
EXPORT int ucnv_toUCountPending(const void *converter, Status *status) { return 0; }
EXPORT int ucnv_fromUCountPending(const void *converter, Status *status) { return 0; }
EXPORT void UCNV_TO_U_CALLBACK_SUBSTITUTE(void) {}
EXPORT void UCNV_FROM_U_CALLBACK_SUBSTITUTE(void) {}
