package api_test

import (
	"fmt"
	"net/http"
	"testing"
)

func TestProducts(t *testing.T) {
	w := newWorld(t)
	admin, rep := w.acme.admin, w.acme.rep
	made := w.post(t, admin, "/v1/products", `{"name":"GTX 专业版","code":"GTX-PRO","unit":"台","tax_rate":"13","prices":[{"currency":"CNY","price":"4821.00"}]}`).
		want(t, http.StatusCreated, `"prices":[{"currency":"CNY","price":"4821"}]`, `"tax_rate":"13"`, `"active":true`)
	product := made.id(t)
	path := "/v1/products/" + product
	w.get(t, rep, path).want(t, http.StatusOK, "GTX-PRO")
	w.get(t, rep, "/v1/products?q=zyb&filter=active=true&order_by=name").want(t, http.StatusOK, "GTX-PRO")
	w.get(t, w.globex.admin, "/v1/products").want(t, http.StatusOK, "!GTX")
	w.post(t, admin, "/v1/products", `{"name":"x","code":"gtx-pro"}`).want(t, http.StatusConflict, "code_exists")
	w.post(t, admin, "/v1/products", `{"name":"x","prices":[{"currency":"CNY","price":"dear"}]}`).want(t, http.StatusUnprocessableEntity)
	w.post(t, admin, "/v1/products", `{"name":"x","prices":[{"currency":"CNY","price":"-1"}]}`).want(t, http.StatusUnprocessableEntity, `"field":"prices[0].price"`)
	w.patch(t, admin, path, `{"unit":"套"}`, "If-Match", `"1"`).want(t, http.StatusOK, `"unit":"套"`)
	w.patch(t, admin, path, `{"unit":"x"}`, "If-Match", `"1"`).want(t, http.StatusPreconditionFailed)
	for _, who := range []person{rep, w.acme.manager} {
		w.post(t, who, "/v1/products", `{"name":"x"}`).want(t, http.StatusForbidden)
		w.patch(t, who, path, `{"name":"x"}`).want(t, http.StatusForbidden)
		w.del(t, who, path).want(t, http.StatusForbidden)
	}

	deal := "/v1/deals/" + w.post(t, rep, "/v1/deals", fmt.Sprintf(`{"name":"x","items":[{"product_id":%q,"quantity":"2","discount_percent":"10"}]}`, product)).
		want(t, http.StatusCreated, `"amount":867780`, `"item_count":1`).id(t)
	var items struct{ Data []struct{ ID string } }
	w.get(t, rep, deal+"/items").want(t, http.StatusOK, `"net":867780`, `"tax":112811`, `"gross":980591`, `"unit":"套"`).into(t, &items)
	line := deal + "/items/" + items.Data[0].ID
	w.patch(t, rep, deal, `{"amount":1}`).want(t, http.StatusUnprocessableEntity, `"field":"amount"`)
	w.post(t, rep, deal+"/items", `{"name":"Training","unit_price":"0.125"}`, "If-Match", `"1"`).want(t, http.StatusCreated, `"total":13`)
	w.post(t, rep, deal+"/items", `{"name":"Training"}`).want(t, http.StatusUnprocessableEntity, `"field":"unit_price"`)
	w.patch(t, rep, line, `{"discount_percent":null,"quantity":"1"}`, "If-Match", `"1"`).want(t, http.StatusPreconditionFailed)
	w.patch(t, rep, line, `{"discount_percent":null,"quantity":"1"}`, "If-Match", `"2"`).want(t, http.StatusOK, `"total":482100`, `"net":482113`)
	w.get(t, rep, "/v1/deals?filter=product="+product).want(t, http.StatusOK, `"amount":482113`)
	w.del(t, rep, line).want(t, http.StatusOK, `"net":13`)
	w.del(t, rep, line).want(t, http.StatusNotFound)
	w.do(t, rep, http.MethodPut, deal+"/items", `{"items":[]}`).want(t, http.StatusOK, `"data":[]`, `"net":0`)
	w.do(t, rep, http.MethodPut, deal+"/items", `{}`).want(t, http.StatusUnprocessableEntity, `"field":"items"`)
	w.get(t, rep, deal).want(t, http.StatusOK, `"amount":13`, `"item_count":0`)
	w.get(t, w.acme.rep2, deal+"/items").want(t, http.StatusNotFound)
	w.do(t, w.acme.rep2, http.MethodPut, deal+"/items", `{"items":[]}`).want(t, http.StatusNotFound)
	w.del(t, admin, path).want(t, http.StatusNoContent)
	w.get(t, rep, path).want(t, http.StatusNotFound)
}
