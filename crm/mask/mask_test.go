package mask_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm/mask"
)

func TestForms(t *testing.T) {
	for number, want := range map[string]string{
		"+8613800138000": "138****8000", "+862162882000": "216****2000", "+14155552671": "+141****2671", "+442071838750": "+442****8750",
		"+4712345": "****45", "+861234567": "****67", "123": "****", "": "****", "客户": "****",
	} {
		if got := mask.Phone(number); got != want {
			t.Errorf("%s: %s, want %s", number, got, want)
		}
	}
	for address, want := range map[string]string{
		"wang@yunfan.example": "w***@yunfan.example", "w@yunfan.example": "***@yunfan.example", "王芳@yunfan.example": "王***@yunfan.example",
		"nobody": "****", "@x": "***@x",
	} {
		if got := mask.Email(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]string{"云帆科技": "云帆**", "云帆": "云**", "云": "**", "": "**", "Acme Ltd.": "Ac**"} {
		if got := mask.Name(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

type card struct {
	Name  string  `json:"name"`
	Phone *string `json:"phone" mask:"customer.phone"`
	Email string  `json:"email" mask:"customer.email"`
	calls int
}

func TestApplyFindsWhatIsDeclared(t *testing.T) {
	number := "+8613800138000"
	fresh := func() *card { return &card{Name: "云帆", Phone: &number, Email: "wang@yunfan.example", calls: 1} }
	answer := struct {
		Body struct {
			One   card
			Many  []card
			Refs  []*card
			By    map[string]card
			Any   any
			Texts map[string]string
			Raw   json.RawMessage
			None  *card
		}
	}{}
	answer.Body.One, answer.Body.Many, answer.Body.Refs = *fresh(), []card{*fresh(), {}}, []*card{fresh()}
	answer.Body.By, answer.Body.Any = map[string]card{"x": *fresh()}, *fresh()
	answer.Body.Texts, answer.Body.Raw = map[string]string{"phone": number}, json.RawMessage(`{}`)
	before, _ := json.Marshal(answer)
	mask.Apply(&answer, nil)
	if after, _ := json.Marshal(answer); string(after) != string(before) {
		t.Errorf("nothing was masked, and yet: %s", after)
	}
	mask.Apply(&answer, map[string]bool{"customer.phone": true})
	short := "138****8000"
	want := card{Name: "云帆", Phone: &short, Email: "wang@yunfan.example", calls: 1}
	for place, got := range map[string]any{
		"field": answer.Body.One, "list": answer.Body.Many[0], "pointers": *answer.Body.Refs[0], "map": answer.Body.By["x"], "interface": answer.Body.Any,
	} {
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(card{})); diff != "" {
			t.Errorf("%s: %s", place, diff)
		}
	}
	if number != "+8613800138000" {
		t.Error("what others hold was written over")
	}
	if answer.Body.Many[1].Phone != nil {
		t.Error("what is empty was masked")
	}
	mask.Apply(&answer, map[string]bool{"customer.email": true})
	if got := answer.Body.One.Email; got != "w***@yunfan.example" {
		t.Errorf("e-mail %s", got)
	}
}

func TestDataIsMaskedByItsKeys(t *testing.T) {
	masked := map[string]bool{"customer.phone": true, "customer.email": true}
	for name, c := range map[string]struct {
		resource, data, want string
		masked               map[string]bool
	}{
		"record":         {"customer", `{"name":"x","phone":"+8613800138000","email":"wang@x.example","n":1}`, `{"email":"w***@x.example","n":1,"name":"x","phone":"138****8000"}`, masked},
		"unset":          {"customer", `{"phone":null}`, `{"phone":null}`, masked},
		"lists":          {"customer", `{"phones":[{"number":"+8613800138000"}],"emails":["wang@x.example"]}`, `{"emails":["w***@x.example"],"phones":[{"number":"138****8000"}]}`, masked},
		"within":         {"customer", `{"loser":{"phone":"+8613800138000"}}`, `{"loser":{"phone":"138****8000"}}`, masked},
		"guests":         {"calendar_event", `{"email":"","guests":[{"email":"wang@x.example","name":"x"}]}`, `{"email":"","guests":[{"email":"w***@x.example","name":"x"}]}`, masked},
		"card":           {"deal", `{"customer":{"phone":"+8613800138000"}}`, `{"customer":{"phone":"138****8000"}}`, masked},
		"its own field":  {"contact", `{"phones":[{"number":"+8613800138000"}]}`, `{"phones":[{"number":"+8613800138000"}]}`, masked},
		"other resource": {"task", `{"phone":"+8613800138000"}`, `{"phone":"+8613800138000"}`, masked},
		"nothing masked": {"customer", `{"phone":"+8613800138000"}`, `{"phone":"+8613800138000"}`, nil},
		"no record":      {"customer", `null`, `null`, masked},
		"not an object":  {"customer", `"+8613800138000"`, ``, masked},
	} {
		t.Run(name, func(t *testing.T) {
			if got := string(mask.Data(c.resource, json.RawMessage(c.data), c.masked)); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestValuesTellByTheirForm(t *testing.T) {
	record := struct {
		Custom map[string]any `mask:"by form"`
		Other  map[string]any
	}{map[string]any{"tel": "+8613800138000", "mail": "wang@yunfan.example", "text": "call +8613800138000", "n": 5.0}, map[string]any{"tel": "+8613800138000"}}
	held := record.Custom
	mask.Apply(&record, map[string]bool{"customer.phone": true})
	want := map[string]any{"tel": "138****8000", "mail": "wang@yunfan.example", "text": "call +8613800138000", "n": 5.0}
	if !cmp.Equal(record.Custom, want) || held["tel"] != "+8613800138000" || record.Other["tel"] != "+8613800138000" {
		t.Errorf("masked to %v, held %v, other %v", record.Custom, held, record.Other)
	}
	data := mask.Data("task", json.RawMessage(`{"custom":{"mail":"wang@yunfan.example","n":null}}`), map[string]bool{"customer.email": true})
	if string(data) != `{"custom":{"mail":"w***@yunfan.example","n":null}}` {
		t.Errorf("data %s", data)
	}
}
