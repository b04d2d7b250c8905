package stripefake

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

func (s *Stripe) newCustomer(form url.Values) answer {
	id := s.id("cus")
	s.customers[id] = hash(form, "metadata")
	return ok(map[string]any{"id": id, "object": "customer", "name": form.Get("name"), "metadata": s.customers[id]})
}

func (s *Stripe) newSession(form url.Values) answer {
	customer, price := form.Get("customer"), form.Get("line_items[0][price]")
	if _, found := s.customers[customer]; !found {
		return missing("customer", customer)
	}
	if s.price(price) == nil {
		return missing("price", price)
	}
	for _, required := range []string{"mode", "success_url", "line_items[0][quantity]"} {
		if form.Get(required) == "" {
			return refusal(http.StatusBadRequest, "invalid_request_error", "parameter_missing", "Missing required param: "+required)
		}
	}
	trial, _ := strconv.Atoi(form.Get("subscription_data[trial_period_days]"))
	made := &session{
		id: s.id("cs_test"), customer: customer, company: form.Get("client_reference_id"), price: price,
		metadata: hash(form, "metadata"), subscription: hash(form, "subscription_data[metadata]"), trialDays: trial,
	}
	s.sessions[made.id] = made
	return ok(map[string]any{
		"id": made.id, "object": "checkout.session", "status": "open", "payment_status": "unpaid",
		"customer": customer, "client_reference_id": made.company, "metadata": made.metadata,
		"url": s.URL + "/c/pay/" + made.id,
	})
}

func (s *Stripe) newPortal(form url.Values) answer {
	customer := form.Get("customer")
	if _, found := s.customers[customer]; !found {
		return missing("customer", customer)
	}
	id := s.id("bps")
	return ok(map[string]any{
		"id": id, "object": "billing_portal.session", "customer": customer,
		"return_url": form.Get("return_url"), "url": s.URL + "/p/session/" + id,
	})
}

func (s *Stripe) listPrices(form url.Values) answer {
	wanted := slices.Collect(maps.Values(hash(form, "lookup_keys")))
	data := []any{}
	for _, p := range s.prices {
		if len(wanted) == 0 || slices.Contains(wanted, p.LookupKey) {
			data = append(data, p.object())
		}
	}
	return ok(map[string]any{"object": "list", "url": "/v1/prices", "has_more": false, "data": data})
}

func (s *Stripe) getPrice(id string) answer {
	if p := s.price(id); p != nil {
		return ok(p.object())
	}
	return missing("price", id)
}

func (s *Stripe) getSubscription(id string) answer {
	if sub, found := s.subscriptions[id]; found {
		return ok(sub.object())
	}
	a := missing("subscription", id)
	a.status = http.StatusNotFound
	return a
}

func (s *Stripe) price(id string) *Price {
	i := slices.IndexFunc(s.prices, func(p Price) bool { return p.ID == id })
	if i < 0 {
		return nil
	}
	return &s.prices[i]
}

func (p Price) object() map[string]any {
	return map[string]any{
		"id": p.ID, "object": "price", "active": true, "lookup_key": orNull(p.LookupKey), "metadata": orEmpty(p.Metadata),
		"currency": p.Currency, "billing_scheme": "per_unit", "type": "recurring",
		"unit_amount": p.Amount, "unit_amount_decimal": strconv.FormatInt(p.Amount, 10),
		"recurring": map[string]any{"interval": p.Interval, "interval_count": 1, "usage_type": "licensed"},
	}
}

func (s Subscription) object() map[string]any {
	return map[string]any{
		"id": s.ID, "object": "subscription", "customer": s.Customer, "status": s.Status, "metadata": orEmpty(s.Metadata),
		"current_period_end": s.PeriodEnd.Unix(), "cancel_at_period_end": s.CancelAtPeriodEnd,
		"items": map[string]any{"object": "list", "has_more": false, "data": []any{map[string]any{
			"id": "si_" + s.ID, "object": "subscription_item", "quantity": 1, "price": s.Price.object(),
		}}},
	}
}

// hash collects the parameters of the form name[key]=value.
func hash(form url.Values, name string) map[string]string {
	found := map[string]string{}
	for parameter := range form {
		if key, isOne := strings.CutPrefix(parameter, name+"["); isOne {
			found[strings.TrimSuffix(key, "]")] = form.Get(parameter)
		}
	}
	return found
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}
