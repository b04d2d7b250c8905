package billing

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/webhook"

	"github.com/guanxi-crm/guanxi/tenant"
)

var epoch = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

func after(d time.Duration) *time.Time { t := epoch.Add(d); return &t }

func whole(status Status, w weight, at time.Duration) notice {
	return notice{kind: changed, weight: w, at: epoch.Add(at), happened: epoch.Add(at), state: &state{
		status: status, plan: ProPlan, interval: Monthly, periodEnd: after(30 * 24 * time.Hour),
	}}
}

func happening(k kind, at time.Duration) notice {
	return notice{kind: k, weight: weightUpdated, plan: ProPlan, at: epoch.Add(at), happened: epoch.Add(at)}
}

// A purchase causes four events within one second. Whatever their order, and without asking Stripe, the
// subscription ends up the same.
func TestPurchaseInAnyOrder(t *testing.T) {
	events := []notice{
		whole(Incomplete, weightCreated, 0), happening(paid, 0), whole(Active, weightUpdated, 0), happening(bought, 0),
	}
	want := subscription{
		Status: Active, Plan: ProPlan, Interval: Monthly, CurrentPeriodEnd: after(30 * 24 * time.Hour),
		AsOf: epoch, AsOfWeight: weightUpdated,
	}
	permute(events, func(order []notice) {
		var s subscription
		for _, n := range order {
			s = s.follow(n)
		}
		if diff := cmp.Diff(want, s, cmpopts.EquateComparable(tenant.CompanyID{})); diff != "" {
			t.Fatalf("%v (-want +got):\n%s", kinds(order), diff)
		}
	})
}

// A whole life, each event at its own time, shuffled and partly repeated: the last word is the same.
func TestLifeInAnyOrder(t *testing.T) {
	const day = 24 * time.Hour
	life := []notice{
		whole(Incomplete, weightCreated, 0), whole(Active, weightUpdated, time.Second), happening(bought, 2*time.Second),
		happening(failed, 30*day), whole(PastDue, weightUpdated, 30*day), whole(Active, weightUpdated, 31*day),
		happening(paid, 31*day), whole(Canceled, weightDeleted, 60*day),
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		order := append([]notice{}, life...)
		order = append(order, life[random.IntN(len(life))], life[random.IntN(len(life))])
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		var s subscription
		for _, n := range order {
			s = s.follow(n)
		}
		if s.Status != Canceled || s.grants(epoch) || s.GraceUntil != nil {
			t.Fatalf("%v: got %+v", kinds(order), s)
		}
	}
}

func TestFollow(t *testing.T) {
	const day = 24 * time.Hour
	active := subscription{}.follow(whole(Active, weightUpdated, 0))
	late := active.follow(happening(failed, 30*day))
	tests := []struct {
		name   string
		before subscription
		notice notice
		status Status
		grace  *time.Time
	}{
		{"first failure begins the grace period", active, happening(failed, 30*day), PastDue, after(37 * day)},
		{"so does the status alone", active, whole(PastDue, weightUpdated, 30*day), PastDue, after(37 * day)},
		{"the second failure does not prolong it", late, happening(failed, 33*day), PastDue, after(37 * day)},
		{"payment ends it", late, happening(paid, 31*day), Active, nil},
		{"an older payment does not", late, happening(paid, 29*day), PastDue, after(37 * day)},
		{"giving up ends access", late, whole(Unpaid, weightUpdated, 33*day), Unpaid, nil},
		{"a payment does not revive an unpaid one", subscription{Status: Unpaid}, happening(paid, day), Unpaid, nil},
		{"nothing revives a canceled one", subscription{Status: Canceled}, whole(Active, weightFetched, day), Canceled, nil},
		{"an invoice alone makes no subscription", subscription{}, happening(paid, day), "", nil},
		{"a failed first payment changes nothing", subscription{Status: Incomplete}, happening(failed, day), Incomplete, nil},
		{"a checkout does not overrule what is known", subscription{Status: Paused}, happening(bought, day), Paused, nil},
		{"what was fetched outweighs an event of the same moment", active.follow(whole(PastDue, weightFetched, day)),
			whole(Active, weightUpdated, day), PastDue, after(8 * day)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := test.before.follow(test.notice)
			if got.Status != test.status || !cmp.Equal(got.GraceUntil, test.grace) {
				t.Errorf("got %s until %v, want %s until %v", got.Status, got.GraceUntil, test.status, test.grace)
			}
		})
	}
}

func TestAccess(t *testing.T) {
	grants := map[Status]bool{Trialing: true, Active: true, PastDue: true}
	for status := range statuses {
		s := subscription{Status: status, GraceUntil: after(0)}
		if got := s.grants(epoch.Add(-time.Second)); got != grants[status] {
			t.Errorf("%s: got %v", status, got)
		}
		if got := s.grants(epoch); got != (grants[status] && status != PastDue) {
			t.Errorf("%s after grace: got %v", status, got)
		}
	}
}

func TestPlanOfSubscription(t *testing.T) {
	s := &Service{planOfPrice: map[string]string{"price_1": BusinessPlan}}
	item := func(id, lookup, plan string) string {
		return fmt.Sprintf(`{"price":{"id":%q,"lookup_key":%q,"metadata":{"plan":%q}}}`, id, lookup, plan)
	}
	tests := []struct{ name, items, metadata, want string }{
		{"lookup key", item("price_9", "guanxi_pro_year", ""), "", ProPlan},
		{"configured id", item("price_1", "", ""), "", BusinessPlan},
		{"metadata of the price", item("price_9", "", "pro"), "", ProPlan},
		{"the price goes before what was bought first", item("price_9", "guanxi_business_month", ""), "pro", BusinessPlan},
		{"what was bought, when the price is unknown", item("price_9", "", ""), "pro", ProPlan},
		{"the highest of several", item("price_9", "guanxi_pro_month", "") + "," + item("price_1", "", ""), "", BusinessPlan},
		{"nobody knows", item("price_9", "other", "free"), "golden", ""},
		{"no items", "", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var n notice
			raw := fmt.Sprintf(`{"id":"sub_1","status":"active","metadata":{"plan":%q},"items":{"data":[%s]}}`, test.metadata, test.items)
			if relevant, err := n.readSubscription([]byte(raw), s.planOf); err != nil || !relevant {
				t.Fatal(relevant, err)
			}
			if n.state.plan != test.want {
				t.Errorf("got %q, want %q", n.state.plan, test.want)
			}
		})
	}
}

// Objects as versions of the API before and after the library's write them.
func TestReadOtherVersions(t *testing.T) {
	const text = "com_01h455vb4pex5vsknk084sn02q"
	tests := []struct {
		name, kind, object string
		want               notice
		relevant           bool
	}{
		{"period end on the item", "customer.subscription.updated",
			`{"id":"sub_1","customer":{"id":"cus_1","object":"customer"},"status":"active","cancel_at":1772499600,
			  "items":{"data":[{"current_period_end":1772499600,"price":{"id":"p","lookup_key":"guanxi_pro_month","recurring":{"interval":"month"}}}]}}`,
			notice{kind: changed, customer: "cus_1", subscription: "sub_1", weight: weightUpdated, state: &state{
				status: Active, plan: ProPlan, interval: Monthly, periodEnd: at(1772499600), cancelAtPeriodEnd: true}}, true},
		{"invoice with parent", "invoice.payment_failed",
			`{"customer":"cus_1","parent":{"subscription_details":{"subscription":"sub_1"}}}`,
			notice{kind: failed, customer: "cus_1", subscription: "sub_1", weight: weightUpdated}, true},
		{"invoice without a subscription", "invoice.paid", `{"customer":"cus_1","subscription":null}`,
			notice{kind: paid, customer: "cus_1", weight: weightUpdated}, false},
		{"session", "checkout.session.completed",
			`{"customer":"cus_1","subscription":"sub_1","payment_status":"no_payment_required","client_reference_id":"` + text + `","metadata":{"plan":"pro"}}`,
			notice{kind: bought, customer: "cus_1", subscription: "sub_1", plan: ProPlan, weight: weightUpdated}, true},
		{"session that is not paid yet", "checkout.session.completed",
			`{"customer":"cus_1","subscription":"sub_1","payment_status":"unpaid"}`,
			notice{kind: bought, customer: "cus_1", subscription: "sub_1", weight: weightUpdated}, false},
		{"status of the future", "customer.subscription.updated", `{"id":"sub_1","status":"hibernating"}`,
			notice{kind: changed, weight: weightUpdated}, false},
		{"another event", "customer.created", `{}`, notice{}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			event := stripe.Event{Type: stripe.EventType(test.kind), Created: epoch.Unix(), Data: &stripe.EventData{Raw: []byte(test.object)}}
			got, relevant, err := (&Service{}).read(event)
			if err != nil || relevant != test.relevant {
				t.Fatalf("got %v, %v", relevant, err)
			}
			if test.kind == "checkout.session.completed" && test.relevant && got.company.String() != text {
				t.Errorf("company: got %s, want %s", got.company, text)
			}
			if test.want.weight != 0 {
				test.want.at, test.want.happened = epoch, epoch
			}
			got.company = tenant.CompanyID{}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(notice{}, state{}), cmpopts.EquateComparable(tenant.CompanyID{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	for _, broken := range []string{`{"customer":7}`, `{"status":{}}`, `[]`} {
		event := stripe.Event{Type: "customer.subscription.updated", Data: &stripe.EventData{Raw: []byte(broken)}}
		if _, _, err := (&Service{}).read(event); err == nil {
			t.Errorf("%s: no error", broken)
		}
	}
}

func TestSignatureVector(t *testing.T) {
	got := webhook.ComputeSignature(time.Unix(1700000000, 0), []byte(`{"id":"evt_1","object":"event"}`), "whsec_test_secret_0001")
	if want := "758592c2b76fdd9b1db2f32509329b230d5c310078b3fbc48b97ef52b08a5788"; fmt.Sprintf("%x", got) != want {
		t.Errorf("got %x, want %s", got, want)
	}
}

func at(unix int64) *time.Time { t := time.Unix(unix, 0).UTC(); return &t }

func permute(events []notice, visit func([]notice)) {
	var walk func(int)
	walk = func(i int) {
		if i == len(events) {
			visit(events)
			return
		}
		for j := i; j < len(events); j++ {
			events[i], events[j] = events[j], events[i]
			walk(i + 1)
			events[i], events[j] = events[j], events[i]
		}
	}
	walk(0)
}

func kinds(order []notice) []string {
	names := make([]string, len(order))
	for i, n := range order {
		names[i] = []string{"changed", "bought", "paid", "failed"}[n.kind]
		if n.state != nil {
			names[i] += ":" + string(n.state.status)
		}
	}
	return names
}
