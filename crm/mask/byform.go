package mask

import (
	"reflect"
	"regexp"
	"strings"
)

// ByForm is the tag of a map whose texts tell only by their form what they are, as the values of custom fields: phone
// numbers and e-mail addresses in it are masked wherever a noun's are.
const ByForm = "by form"

// looks are the forms that texts of a kind have.
var looks = map[string]*regexp.Regexp{
	"phone": regexp.MustCompile(`^\+\d{6,15}$`),
	"email": regexp.MustCompile(`^[^\s@]+@[^\s@]+\.[^\s@]+$`),
}

func coverForms(v reflect.Value, masked map[string]bool) {
	object := reflect.TypeFor[map[string]any]()
	if v.Kind() != reflect.Map || !v.Type().ConvertibleTo(object) || v.IsNil() {
		return
	}
	values, _ := v.Convert(object).Interface().(map[string]any)
	v.Set(reflect.ValueOf(Values(values, masked)).Convert(v.Type()))
}

// Values returns a copy of values in which what has the form of a masked kind is shown in part.
func Values(values map[string]any, masked map[string]bool) map[string]any {
	shown := make(map[string]any, len(values))
	for key, value := range values {
		shown[key] = value
		text, ok := value.(string)
		if !ok {
			continue
		}
		for name := range masked {
			if kind := name[strings.LastIndexByte(name, '.')+1:]; looks[kind] != nil && looks[kind].MatchString(text) {
				shown[key] = forms[kind](text)
			}
		}
	}
	return shown
}
