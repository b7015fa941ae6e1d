-- Where a shape lies, for questions by bounding box: may be indexed on a data table, `using gist (site.shape_box("geom"))`.
create function site.shape_box(shape jsonb) returns box
  language sql immutable strict parallel safe set search_path = pg_catalog as $$
  select case when count(*) > 0 then box(point(min(x), min(y)), point(max(x), max(y))) end
  from (
    -- Strict, so that an array of positions is not taken for a position; a position out of range is none.
    select (position ->> 0)::float8 as x, (position ->> 1)::float8 as y
    from jsonb_path_query(shape,
      'strict $.** ? (@[0] >= -360 && @[0] <= 360 && @[1] >= -90 && @[1] <= 90)') as found (position)
  ) positions
$$;
comment on function site.shape_box(jsonb) is '图形(GeoJSON 几何)的外接矩形:x 为经度,y 为纬度;没有坐标时为空';
grant execute on function site.shape_box(jsonb) to sanjiang_public;
