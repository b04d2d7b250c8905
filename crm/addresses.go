package crm

import (
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// PostalAddress is an address in its parts, in words, or both.
type PostalAddress struct {
	Kind       string `json:"kind,omitempty" enum:"work,home,billing,shipping,other" doc:"What it is for; work when left out." example:"work"`
	Country    string `json:"country,omitempty" maxLength:"2" doc:"ISO 3166 code." example:"CN"`
	Province   string `json:"province,omitempty" maxLength:"100" doc:"Province or state." example:"上海市"`
	City       string `json:"city,omitempty" maxLength:"100" doc:"City." example:"上海市"`
	District   string `json:"district,omitempty" maxLength:"100" doc:"District or county." example:"浦东新区"`
	Street     string `json:"street,omitempty" maxLength:"200" doc:"Street, number and room." example:"世纪大道 100 号 12 楼"`
	PostalCode string `json:"postal_code,omitempty" maxLength:"20" doc:"Postal code." example:"200120"`
	Text       string `json:"text,omitempty" maxLength:"500" doc:"The address in words, where its parts are not known." example:"浦东软件园 3 号楼"`
}

var addressKinds = []string{"work", "home", "billing", "shipping", "other"}

const maxAddresses = 5

func (l postalAddresses) clean(invalid *tenant.InvalidError) postalAddresses {
	kept := make(postalAddresses, len(l))
	for i, a := range l {
		if a.Kind == "" {
			a.Kind = addressKinds[0]
		}
		path := fmt.Sprintf("addresses[%d]", i)
		checkWord(invalid, path+".kind", a.Kind, addressKinds)
		a.check(invalid, path+".")
		if a == (PostalAddress{Kind: a.Kind}) {
			invalid.Add(path, "required", "says nothing of where it is")
		}
		kept[i] = a
	}
	if len(l) > maxAddresses {
		invalid.Add("addresses", "too_many", fmt.Sprintf("holds more than %d", maxAddresses))
	}
	return kept
}

// check examines the parts; prefix stands before their names.
func (a *PostalAddress) check(invalid *tenant.InvalidError, prefix string) {
	checkCountry(invalid, prefix+"country", a.Country)
	checkText(invalid, prefix+"province", a.Province, 100)
	checkText(invalid, prefix+"city", a.City, 100)
	checkText(invalid, prefix+"district", a.District, 100)
	checkText(invalid, prefix+"street", a.Street, 200)
	checkText(invalid, prefix+"postal_code", a.PostalCode, 20)
	checkText(invalid, prefix+"text", a.Text, 500)
}
