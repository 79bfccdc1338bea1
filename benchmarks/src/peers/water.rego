# The policy in Rego. The tables come as data: data.tables.groups, .limits and .reply.
package water

# 1: central, 2: rural, 4: remote.
group := data.tables.groups[input.region]

poverty := 20 if input.income <= 40000 * input.size
else := 10 if input.income <= 80000 * input.size
else := 0

thirst := 15 if {
	not input.has_network
	not input.has_well
}
else := 10 if input.distance > 5
else := 0

tenancy := 5 if input.ownership == "rented"
else := 0

crowd := 8 if input.size >= 7
else := 0

points := (((((min([input.disabled * 6, 18]) + min([input.orphans * 5, 15])) + min([input.elderly * 3, 9])) + poverty) + thirst) + tenancy) + crowd

score := points if points <= 100
else := 100

failed contains 1 if input.age < 18
failed contains 2 if input.residency_months < 12
failed contains 3 if input.region in {"r12", "r13"}
failed contains 4 if input.income > data.tables.limits[group][min([input.size, 7])] * input.size
failed contains 5 if {
	input.supported
	score < 40
	input.date_ymd - input.last_ymd < 10000
}
failed contains 6 if {
	input.service == "connection"
	not near_and_owned
}
failed contains 7 if {
	input.service == "tank"
	input.tank >= 2
}
failed contains 8 if {
	input.service == "well"
	not input.has_well
}
failed contains 9 if {
	input.service == "purifier"
	not input.has_network
	not input.has_well
}
failed contains 10 if {
	input.service == "tanker"
	input.has_network
	input.distance <= 5
}
failed contains 11 if some _ in missing
failed contains 11 if unmatched
failed contains 12 if input.national_id < 1000000000
failed contains 12 if input.national_id >= 3000000000

near_and_owned if {
	input.distance <= 2
	input.ownership == "owned"
}

owner_asked if {
	input.service in {"connection", "tank"}
	input.ownership in {"rented", "lent"}
}

distance_asked if input.service in {"connection", "tanker"}

missing contains "ID" if not input.documents.ID.expires >= input.date
missing contains "FAMILY" if not input.documents.FAMILY
missing contains "INCOME" if not input.date - input.documents.INCOME.issued <= 90
missing contains "DEED" if {
	input.ownership == "owned"
	not input.documents.DEED
}
missing contains "LEASE" if {
	input.ownership == "rented"
	not input.documents.LEASE.expires >= input.date
}
missing contains "OWNER" if {
	owner_asked
	not input.documents.OWNER
}
missing contains "WELL" if {
	input.service == "well"
	not input.documents.WELL.expires >= input.date
}
missing contains "DISTANCE" if {
	distance_asked
	not input.documents.DISTANCE
}

unmatched if input.documents.ID.matched == false
unmatched if input.documents.FAMILY.matched == false
unmatched if input.documents.INCOME.matched == false
unmatched if {
	input.ownership == "owned"
	input.documents.DEED.matched == false
}
unmatched if {
	input.ownership == "rented"
	input.documents.LEASE.matched == false
}
unmatched if {
	owner_asked
	input.documents.OWNER.matched == false
}
unmatched if {
	input.service == "well"
	input.documents.WELL.matched == false
}
unmatched if {
	distance_asked
	input.documents.DISTANCE.matched == false
}

tier := 1 if score >= 70
else := 1 if { score >= 60; group == 4 }
else := 1 if { score >= 60; input.size >= 7 }
else := 2 if score >= 60
else := 1 if { score >= 50; group == 4; input.size >= 5 }
else := 1 if { score >= 50; group == 2; input.size >= 7 }
else := 2 if { score >= 50; group == 4 }
else := 2 if { score >= 50; input.size >= 7 }
else := 3 if score >= 50
else := 1 if { score >= 40; group == 4; input.size >= 7 }
else := 2 if { score >= 40; group == 4; input.size >= 4 }
else := 2 if { score >= 40; group == 2; input.size >= 5 }
else := 3 if { score >= 40; input.size >= 6 }
else := 3 if score >= 40
else := 2 if { score >= 25; group == 4; input.size >= 5 }
else := 3 if { score >= 25; group == 4 }
else := 3 if { score >= 25; group == 2; input.size >= 6 }
else := 4 if score >= 25
else := 4 if score >= 10
else := 5

decision := {
	"failed": failed,
	"missing": missing,
	"score": score,
	"tier": tier,
	"reply_in": data.tables.reply[input.date % 7],
}
