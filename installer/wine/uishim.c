/* Test prop: Windows.UI.ViewManagement.UISettings, which Qt asks for colours and Wine 8 lacks. Never shipped. */

#define WIN32_LEAN_AND_MEAN
#define CINTERFACE
#include <windows.h>
#include <unknwn.h>

typedef struct {
    BYTE A, R, G, B;
} Color;
typedef struct {
    const void **table;
} Object;

static const GUID UNKNOWN = {0, 0, 0, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}};
static const GUID AGILE = {0x94ea2b94, 0xe9cc, 0x49e0, {0xc0, 0xff, 0xee, 0x64, 0xca, 0x8f, 0x5b, 0x90}};
static const GUID INSPECTABLE = {0xaf86e2e0, 0xb12d, 0x4c6a, {0x9c, 0x5a, 0xd7, 0xaa, 0x65, 0x10, 0x1e, 0x90}};
static const GUID FACTORY = {0x00000035, 0, 0, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}};
static const GUID SETTINGS = {0x85361600, 0x1c63, 0x4627, {0xbc, 0xb1, 0x3a, 0x89, 0xe0, 0xbc, 0x9c, 0x55}};
static const GUID SETTINGS3 = {0x03021be4, 0x5254, 0x4781, {0x81, 0x94, 0x51, 0x68, 0xf7, 0xd0, 0x6d, 0x7b}};

static HRESULT STDMETHODCALLTYPE query(Object *self, const GUID *wanted, void **found);
static HRESULT STDMETHODCALLTYPE activate(Object *self, void **made);
static ULONG STDMETHODCALLTYPE keep(Object *self) { return 2; }
static ULONG STDMETHODCALLTYPE drop(Object *self) { return 1; }
static HRESULT STDMETHODCALLTYPE identifiers(Object *self, ULONG *count, GUID **list) {
    if (count)
        *count = 0;
    if (list)
        *list = 0;
    return S_OK;
}
static HRESULT STDMETHODCALLTYPE class_name(Object *self, void **name) {
    *name = 0;
    return S_OK;
}
static HRESULT STDMETHODCALLTYPE trust(Object *self, int *level) {
    *level = 0;
    return S_OK;
}
static HRESULT STDMETHODCALLTYPE absent(Object *self) { return E_NOTIMPL; }
/* White ground, black letters, Windows' blue for whatever else is asked. */
static HRESULT STDMETHODCALLTYPE color(Object *self, int kind, Color *answer) {
    Color white = {255, 255, 255, 255}, black = {255, 0, 0, 0}, blue = {255, 0, 120, 215};
    *answer = kind == 0 ? white : kind == 1 ? black : blue;
    return S_OK;
}
static HRESULT STDMETHODCALLTYPE listen(Object *self, void *handler, INT64 *token) {
    *token = 1;
    return S_OK;
}
static HRESULT STDMETHODCALLTYPE leave(Object *self, INT64 token) { return S_OK; }

#define BASE (void *)query, (void *)keep, (void *)drop, (void *)identifiers, (void *)class_name, (void *)trust
#define ABSENT4 (void *)absent, (void *)absent, (void *)absent, (void *)absent

static const void *settings_table[] = {BASE, ABSENT4, ABSENT4, ABSENT4, ABSENT4};
static const void *settings3_table[] = {BASE, (void *)color, (void *)listen, (void *)leave};
static const void *factory_table[] = {BASE, (void *)activate};
static Object settings = {settings_table}, settings3 = {settings3_table}, factory = {factory_table};

static HRESULT STDMETHODCALLTYPE query(Object *self, const GUID *wanted, void **found) {
    *found = 0;
    if (IsEqualGUID(wanted, &UNKNOWN) || IsEqualGUID(wanted, &INSPECTABLE) || IsEqualGUID(wanted, &AGILE))
        *found = self;
    else if (self == &factory && IsEqualGUID(wanted, &FACTORY))
        *found = &factory;
    else if (self != &factory && IsEqualGUID(wanted, &SETTINGS))
        *found = &settings;
    else if (self != &factory && IsEqualGUID(wanted, &SETTINGS3))
        *found = &settings3;
    return *found ? S_OK : E_NOINTERFACE;
}
static HRESULT STDMETHODCALLTYPE activate(Object *self, void **made) {
    *made = &settings;
    return S_OK;
}
__declspec(dllexport) HRESULT WINAPI DllGetActivationFactory(void *name, void **made) {
    *made = &factory;
    return S_OK;
}
__declspec(dllexport) HRESULT WINAPI DllCanUnloadNow(void) { return S_FALSE; }
