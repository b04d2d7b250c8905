package api_test

import (
	"fmt"
	"net/http"
	"testing"
)

func TestTimeline(t *testing.T) {
	w := newWorld(t)
	rep := w.acme.rep
	customer := w.customer(t, rep, `{"name":"Acme","phone":"13800138000","do_not_contact":true}`)
	path := "/v1/customers/" + customer
	w.post(t, rep, "/v1/interactions", fmt.Sprintf(`{"customer_id":%q,"kind":"call","summary":"Price agreed"}`, customer)).want(t, http.StatusCreated, `"warnings":["do_not_contact"]`)
	w.patch(t, rep, path, `{"industry":"IT"}`).want(t, http.StatusOK)
	w.attach(t, rep, customer, "quote.txt", "x")
	w.get(t, rep, path+"/timeline").want(t, http.StatusOK, `"kind":"interaction"`, `"summary":"Price agreed"`, `"kind":"stage"`,
		`"changes":[{"field":"industry","before":"","after":"IT"}]`, `"name":"quote.txt"`, `"next_cursor":null`)
	var page struct {
		NextCursor string `json:"next_cursor"`
	}
	w.get(t, rep, path+"/timeline?limit=1&kinds=interaction,stage").want(t, http.StatusOK, `"kind":`, "!quote.txt").into(t, &page)
	w.get(t, rep, path+"/timeline?limit=1&kinds=interaction,stage&cursor="+page.NextCursor).want(t, http.StatusOK, `"next_cursor":null`)
	w.get(t, rep, path+"/timeline?limit=1&cursor="+page.NextCursor).want(t, http.StatusUnprocessableEntity, `"field":"cursor"`)
	w.get(t, rep, path+"/timeline?kinds=fax").want(t, http.StatusUnprocessableEntity, `"field":"kinds[0]"`)
	w.get(t, rep, path+"/timeline?limit=101").want(t, http.StatusUnprocessableEntity, `"field":"limit"`)
	for _, who := range []person{w.acme.rep2, w.globex.admin} {
		w.get(t, who, path+"/timeline").want(t, http.StatusNotFound)
		w.get(t, who, path+"/contact-check").want(t, http.StatusNotFound)
	}
	w.get(t, rep, path+"/contact-check").want(t, http.StatusOK, `"do_not_contact":true`, `"contacted":[]`)
	w.get(t, w.acme.manager, path+"/contact-check").want(t, http.StatusOK, `"member_id":"`+rep.id, `"customer_id":"`+customer)

	_, program := w.key(t, rep, `"customer:read"`)
	w.get(t, program, path+"/timeline").want(t, http.StatusOK, `"kind":"change"`, "!Price agreed", "!quote.txt")
}
