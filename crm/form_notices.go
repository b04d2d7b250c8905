package crm

import (
	"context"
	"encoding/json"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// Of a customer whom a form has made, its owner hears as of any that is handed to them.
var formNotices = []notice{
	{
		kind: "form.submitted", label: phrase{"我的客户填写了表单", "A customer of mine sends in a form"}, events: []string{"form.submitted"},
		when: func(c tenant.Change) bool { return submissionIn(c).Known }, audience: toOwner, visible: ownerWithin(customerRead),
		words: describeSubmission, channels: everywhere,
	},
}

func submissionIn(c tenant.Change) FormSubmission {
	var s FormSubmission
	_ = json.Unmarshal(c.Data, &s) // what cannot be read is nobody's
	return s
}

func describeSubmission(ctx context.Context, q *tenant.Query, c tenant.Change, l language) (Message, error) {
	s := submissionIn(c)
	customer, err := readCustomer(ctx, q, s.CustomerID)
	if err != nil {
		return Message{}, err
	}
	m := Message{Title: l.say(phrase{"%s 填写了表单“%s”", "%s sent in the form “%s”"}, customer.Name, s.FormName), Link: "/customers/" + s.CustomerID.String()}
	if s.Note != "" {
		m.add(search.Cut(s.Note, 200))
	}
	return m, nil
}
