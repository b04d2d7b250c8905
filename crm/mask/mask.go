// Package mask shows in part what a caller's roles mask: phone numbers and e-mail addresses. A noun declares such a
// field by a tag on its struct, mask:"customer.phone", and by [list.Field].Mask for its filter; which fields there are
// to mask, and for whom, is decided in package rbac.
package mask

import (
	"strings"
	"unicode/utf8"

	"github.com/guanxi-crm/guanxi/tenant"
)

// hidden stands for what is left out, always the same length, so that it tells nothing.
const hidden = "****"

// forms are how the kinds of field are shown, by the last part of their names.
var forms = map[string]func(string) string{"phone": Phone, "email": Email}

// Phone shows how a number begins and ends: 138****8000. Chinese numbers go without their country code.
func Phone(number string) string {
	digits := []rune(strings.TrimPrefix(number, "+86"))
	head, tail := 3, 4
	if len(digits) > 0 && digits[0] == '+' {
		head = 4
	}
	if len(digits) < head+tail+3 {
		head, tail = 0, 2 // too short to show more
	}
	if len(digits) < tail+3 {
		return hidden
	}
	return string(digits[:head]) + hidden + string(digits[len(digits)-tail:])
}

// Email shows the first letter and the domain: w***@yunfan.example.
func Email(address string) string {
	local, domain, found := strings.Cut(address, "@")
	if !found {
		return hidden
	}
	_, size := utf8.DecodeRuneInString(local)
	if size == len(local) {
		size = 0 // one letter is the whole of it
	}
	return local[:size] + hidden[1:] + "@" + domain
}

// Name shows the first two characters, of a shorter name one: 云帆**.
func Name(name string) string {
	runes := []rune(name)
	return string(runes[:min(2, max(len(runes)-1, 0))]) + hidden[:2]
}

// Refuse notes that a field which the caller sees in part was to be changed: nobody writes over what they do not see.
func Refuse(invalid *tenant.InvalidError, caller *tenant.Caller, field, name string) {
	if caller.Masked[field] {
		invalid.Add(name, Code, "is masked by your role, so you cannot change it; leave it out")
	}
}

// Code is the code of a mistake that concerns a masked field.
const Code = "masked"
