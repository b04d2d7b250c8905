package sheet

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

var customerFields = []Field{
	{"name", []string{"客户名称", "公司名称", "客户", "公司", "account", "company", "company name", "name", "customer"}},
	{"contact", []string{"联系人", "contact", "contact person", "contact name"}},
	{"phone", []string{"手机", "手机号", "手机号码", "电话", "phone", "mobile", "tel", "telephone"}},
	{"email", []string{"邮箱", "邮件", "电子邮箱", "email", "e-mail", "email address"}},
	{"source", []string{"来源", "来源渠道", "source", "lead source"}},
	{"note", []string{"备注", "note", "notes", "remark", "remarks"}},
	{"industry", []string{"行业", "sector", "industry"}},
	{"address", []string{"地址", "address", "office_location"}},
	{"website", []string{"网站", "website", "url"}},
	{"employees", []string{"员工数", "员工人数", "employees"}},
	{"revenue", []string{"年收入", "revenue"}},
	{"tags", []string{"标签", "tags"}},
	{"lifecycle", []string{"阶段", "客户阶段", "lifecycle", "stage"}},
	{"owner", []string{"负责人", "owner"}},
	{"created_at", []string{"创建时间", "created_at"}},
}

func TestGuess(t *testing.T) {
	tests := []struct {
		name    string
		headers []string
		want    []Match
	}{
		{"Chinese", []string{"客户名称", "联系人", "手机", "邮箱", "城市", "来源", "预计金额", "创建时间", "备注"},
			[]Match{{0, "name", true}, {1, "contact", true}, {2, "phone", true}, {3, "email", true}, {5, "source", true}, {7, "created_at", true}, {8, "note", true}}},
		{"English", []string{"account", "sector", "year_established", "revenue", "employees", "office_location", "subsidiary_of"},
			[]Match{{0, "name", true}, {1, "industry", true}, {3, "revenue", true}, {4, "employees", true}, {5, "address", true}}},
		{"case, spaces, width and notes", []string{" Company_Name ", "ＰＨＯＮＥ", "E-mail *", "手机（必填）", "createdAt"},
			[]Match{{0, "name", true}, {1, "phone", true}, {2, "email", true}, {4, "created_at", true}}},
		{"repeated headings stay open", []string{"客户名称", "手机", "手机", "邮箱", "备注", "备注", ""},
			[]Match{{0, "name", true}, {1, "phone", true}, {3, "email", true}, {4, "note", true}}},
		{"headings of two rows", []string{"客户名称", "联系方式 / 联系人", "联系方式 / 手机", "联系方式 / 邮箱"},
			[]Match{{0, "name", true}, {1, "contact", true}, {2, "phone", true}, {3, "email", true}}},
		{"the last word counts", []string{"联系人电话", "客户联系人", "Customer Email", "Hotel"},
			[]Match{{0, "phone", false}, {1, "contact", false}, {2, "email", false}}},
		{"an exact heading wins over a longer one", []string{"备用手机", "手机"},
			[]Match{{1, "phone", true}}},
		{"a word inside", []string{"phone of the office"}, []Match{{0, "phone", false}}},
		{"brackets only", []string{"(备注)", "【】"}, []Match{{0, "note", true}}},
		{"nothing", []string{"", "甲", "123"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Guess(tt.headers, customerFields)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
