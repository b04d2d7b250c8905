package mask

import (
	"reflect"
	"strings"
)

// Apply masks, in whatever dest points to, every text (string or *string) whose field has the tag mask with one of
// the masked names. What pointers lead to is replaced, not written over: others may hold it.
func Apply(dest any, masked map[string]bool) {
	if len(masked) > 0 {
		walk(reflect.ValueOf(dest), masked)
	}
}

func walk(v reflect.Value, masked map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walk(v.Elem(), masked)
		}
	case reflect.Interface:
		replace(v, masked)
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if !field.IsExported() {
				continue
			}
			name := field.Tag.Get("mask")
			if masked[name] {
				cover(v.Field(i), name)
				continue
			}
			if name == ByForm {
				coverForms(v.Field(i), masked)
				continue
			}
			walk(v.Field(i), masked)
		}
	case reflect.Slice, reflect.Array:
		if plain(v.Type().Elem()) {
			return
		}
		for i := range v.Len() {
			walk(v.Index(i), masked)
		}
	case reflect.Map:
		if plain(v.Type().Elem()) {
			return
		}
		for _, key := range v.MapKeys() {
			copied := reflect.New(v.Type().Elem()).Elem()
			copied.Set(v.MapIndex(key))
			walk(copied, masked)
			v.SetMapIndex(key, copied)
		}
	}
}

// plain types hold no structs.
func plain(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct, reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Array, reflect.Map:
		return false
	}
	return true
}

// replace masks what an interface holds, which cannot be changed in place.
func replace(v reflect.Value, masked map[string]bool) {
	if v.IsNil() || !v.CanSet() {
		return
	}
	copied := reflect.New(v.Elem().Type()).Elem()
	copied.Set(v.Elem())
	walk(copied, masked)
	v.Set(copied)
}

// cover shows one field in part.
func cover(v reflect.Value, name string) {
	form := forms[name[strings.LastIndexByte(name, '.')+1:]]
	switch {
	case v.Kind() == reflect.String && v.Len() > 0:
		v.SetString(form(v.String()))
	case v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.String && !v.IsNil():
		shown := reflect.New(v.Type().Elem())
		shown.Elem().SetString(form(v.Elem().String()))
		v.Set(shown)
	}
}
