package api_test

import (
	"net/http"
	"testing"
)

func TestSearch(t *testing.T) {
	w := newWorld(t)
	id := w.customer(t, w.acme.rep, `{"name":"云帆","phone":"13800138000"}`)
	w.get(t, person{}, "/v1/search?q=yf").want(t, http.StatusUnauthorized)
	w.get(t, w.acme.rep, "/v1/search").want(t, http.StatusUnprocessableEntity, `"field":"q"`)
	w.get(t, w.acme.rep, "/v1/search?q=yf").want(t, http.StatusOK, `"id":"`+id+`"`, `"noun":"customer"`, `"title":"云帆"`)
	for _, who := range []person{w.acme.rep2, w.globex.admin} {
		w.get(t, who, "/v1/search?q=yf").want(t, http.StatusOK, `"data":[]`)
	}
}
