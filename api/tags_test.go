package api_test

import (
	"net/http"
	"testing"
)

func TestTags(t *testing.T) {
	w := newWorld(t)
	rep, admin := w.acme.rep, w.acme.admin
	w.post(t, rep, "/v1/tags", `{"name":"VIP","colour":"red"}`).want(t, http.StatusCreated, `"records":0`)
	w.post(t, rep, "/v1/tags", `{"name":"vip"}`).want(t, http.StatusConflict, `"tag_exists"`)
	tag := firstID(t, w.get(t, rep, "/v1/tags"))
	w.del(t, rep, "/v1/tags/"+tag).want(t, http.StatusForbidden)
	w.del(t, admin, "/v1/tags/"+tag).want(t, http.StatusNoContent)
}
