-- The sample's tables. All live in one file; which schema each is shown in stands in catalogue.rs.
-- The reference date of the whole sample is 2026-11-22T00:00:00Z.

create table leads (
    lead_id text primary key,
    user_id text not null unique,
    email text not null unique,
    first_name text not null,
    last_name text not null,
    title text,
    company text not null,
    industry text not null,
    employees integer,
    country text not null,
    city text,
    phone text,
    lead_source text not null,
    status text not null,
    marketing_consent boolean not null,
    created_at timestamp not null
);

create table logins (
    login_id integer primary key,
    user_id text not null,
    platform text not null,
    logged_in_at timestamp not null
);

create table workspaces (
    workspace_id text primary key,
    owner_user_id text not null,
    name text not null,
    plan text not null,
    seats integer not null,
    created_at timestamp not null
);

create table visitors (
    anonymous_id text primary key,
    landing_page text not null,
    campaign text,
    pages_seen integer not null,
    first_seen_at timestamp not null
);

-- Ten points for a log-in and five for each platform, over the seven days before the reference date.
-- SQLite takes columns outside an aggregate from the row that holds its one max(): the last log-in.
create view lead_scores as
select
    l.lead_id,
    l.user_id,
    l.email,
    l.first_name || ' ' || l.last_name as full_name,
    l.company,
    l.country,
    min(100, coalesce(week.logins, 0) * 10 + coalesce(week.platforms, 0) * 5) as lead_score,
    case
        when week.logins >= 6 then 'A'
        when week.logins >= 3 then 'B'
        when week.logins >= 1 then 'C'
        else 'D'
    end as score_grade,
    coalesce(week.logins, 0) as logins_last_7_days,
    week.last_login_at,
    week.last_platform,
    l.created_at
from leads l
left join (
    select
        user_id,
        count(*) as logins,
        count(distinct platform) as platforms,
        logged_in_at as last_login_at,
        platform as last_platform
    from logins
    where logged_in_at >= '2026-11-15T00:00:00Z' and logged_in_at < '2026-11-22T00:00:00Z'
    group by user_id
    having max(logged_in_at) is not null
) week on week.user_id = l.user_id;

create view workspace_created as
select
    w.workspace_id,
    w.owner_user_id as user_id,
    l.email,
    l.first_name,
    l.last_name,
    l.company,
    l.country,
    w.name as workspace_name,
    w.plan,
    w.seats,
    w.created_at
from workspaces w
join leads l on l.user_id = w.owner_user_id;

create table no_identifier (
    product_id text primary key,
    product_name text not null,
    price decimal_text not null,
    in_stock boolean not null
);

create table messy_keys (
    customer_id text,
    email text,
    company text,
    lifetime_value decimal_text
);

create table every_type (
    id integer primary key,
    email text not null,
    what_it_shows text not null,
    a_text text,
    an_integer integer,
    a_real real,
    a_decimal decimal_text,
    a_boolean boolean,
    a_date date,
    a_time time,
    a_timestamp timestamp,
    a_json json_text,
    some_bytes blob,
    anything
);

create table empty_table (
    user_id text primary key,
    email text,
    plan text
);
